"""The embedded engine: Moonshine, with weights from a wheel, computed by onnxruntime."""
