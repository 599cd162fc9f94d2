"""Room 7: bundle + condition + seed -> art. onnxruntime lives here, torch never."""
