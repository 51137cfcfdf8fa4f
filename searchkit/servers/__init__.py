"""How do browsers and other programs reach an archive without Python? `web` speaks HTTP, `mcp` to language models."""
