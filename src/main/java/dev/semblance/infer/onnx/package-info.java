/** The backend on ONNX Runtime, for CPU and CUDA. The only package that imports {@code ai.onnxruntime}. */
package dev.semblance.infer.onnx;
