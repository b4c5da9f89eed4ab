"""Where every figure of a projection comes from, what rests on it, and what the model must satisfy."""
