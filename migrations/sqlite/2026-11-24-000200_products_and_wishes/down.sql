DROP TABLE documents;
DROP TABLE application_products;
DROP TABLE application_wishes;
DROP TABLE products;
DROP TABLE exhibitor_contacts;
