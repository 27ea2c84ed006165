"""What scores texts: the shipped models, folders of weights, and other packages' models."""
