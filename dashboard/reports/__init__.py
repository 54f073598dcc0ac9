"""The semester workbook and the register exports."""
