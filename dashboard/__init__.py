"""What knows the web, pandas, Plotly and openpyxl."""
