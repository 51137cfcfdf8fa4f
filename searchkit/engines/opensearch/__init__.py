"""How is an archive searched that one machine does not hold? On an OpenSearch cluster; needs the extra [opensearch]."""
