DROP TABLE sales_reminders;
DROP TABLE trade_deals;
DROP TABLE sales_report_lines;
DROP TABLE participants;
