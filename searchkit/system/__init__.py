"""What do we need of the operating system? Files that survive a power cut, other processes, a log."""
