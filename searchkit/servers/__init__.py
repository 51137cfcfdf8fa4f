"""How do browsers and other programs reach an archive without Python? By servers: `web` speaks HTTP."""
