"""Cap tables as other programs export them: Open Cap Format packages, and lists of holders as CSV."""
