/**
 * Tensors of a model by name, read from the files that trainers write: safetensors, PyTorch's, ONNX's initialisers. Files
 * are foreign and may be hostile: nothing in them is executed, and nothing is believed unchecked. Imports the root of
 * {@code model} only.
 */
package dev.semblance.model.weights;
