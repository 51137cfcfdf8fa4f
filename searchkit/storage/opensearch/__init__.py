"""How is a record kept that one machine does not hold? On an OpenSearch cluster; needs the extra [opensearch]."""
