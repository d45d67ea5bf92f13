"""Model files of any engine: installed models, their records, import and verification."""
