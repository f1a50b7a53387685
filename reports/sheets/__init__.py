"""The sheets of plan.xlsx, one file each; `layout` holds what they share."""
