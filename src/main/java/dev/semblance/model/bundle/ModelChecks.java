package dev.semblance.model.bundle;

import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.model.bundle.Manifest.Graph;
import java.io.IOException;
import java.util.Arrays;

/** Whether manifest, graph and tokenizer agree, as far as the files tell. The engine's warm-up finds the rest. */
final class ModelChecks {

    private final ModelFiles files;
    private final String where;
    private final Manifest manifest;
    private final Graph graph;
    private final OnnxHeader header;

    ModelChecks(ModelFiles files, Manifest manifest, Graph graph, OnnxHeader header) {
        this.files = files;
        this.where = files.where();
        this.manifest = manifest;
        this.graph = graph;
        this.header = header;
    }

    void graph() {
        if (!header.inputs().contains(graph.inputs().ids())) {
            throw new ModelException(where + ": inputs.ids is " + graph.inputs().ids()
                    + ", but the graph's inputs are " + header.inputs() + "; name the one that takes token ids");
        }
        if (graph.output() != null && !header.outputs().containsKey(graph.output())) {
            throw new ModelException(where + ": output is " + graph.output() + ", but the graph's outputs are "
                    + header.outputs().keySet());
        }
        if (graph.output() == null && header.outputs().size() != 1) {
            throw new ModelException(where + ": output is missing, and the graph has "
                    + header.outputs().keySet() + "; name the one to use");
        }
        long[] shape = graph.output() == null
                ? header.outputs().values().iterator().next()
                : header.outputs().get(graph.output());
        if (shape != null) {
            output(shape);
        }
    }

    private void output(long[] shape) {
        int rank = graph.pools() || manifest.pooling() == Pooling.NONE ? 2 : 3;
        if (shape.length != rank) {
            throw new ModelException(where + ": pooling is " + manifest.pooling().id() + ", which needs an output of "
                    + (rank == 2 ? "[rows × dimension]" : "[rows × tokens × dimension]") + ", but the graph's is "
                    + Arrays.toString(shape) + "; correct pooling or output");
        }
        long dimension = shape[shape.length - 1];
        if (dimension > 0 && dimension != manifest.dimension()) {
            throw new ModelException(where + ": dimension is " + manifest.dimension() + ", but the graph's output has "
                    + dimension + "; correct it or take the matching model.onnx");
        }
    }

    void maxTokens(boolean configured) {
        String name = configured ? "model.max.tokens=" : where + ": max_tokens is ";
        if (manifest.maxTokens() < Manifest.MIN_TOKENS) {
            throw new ModelException(name + manifest.maxTokens() + ": fewer than " + Manifest.MIN_TOKENS
                    + " leave no room for the text; set 0 for the model's own");
        }
        int positions = header.rowsOf("position_embeddings");
        if (positions > 0 && manifest.maxTokens() > positions) {
            throw new ModelException(name + manifest.maxTokens() + ": the model has " + positions
                    + " positions; set at most that");
        }
    }

    void tokenizer(byte[] json) {
        String file = files.tokenizerName();
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new ModelException(file + ": is no valid JSON; fetch it again", e);
        }
        if (root == null || !root.path("model").isObject()) {
            throw new ModelException(file + ": has no object 'model': it is no tokenizer.json of Hugging Face"
                    + " tokenizers; fetch the right file");
        }
        int largest = largestId(root);
        int rows = header.rowsOf("word_embeddings");
        if (rows > 0 && largest >= rows) {
            throw new ModelException(file + ": has token id " + largest + ", but the model has embeddings for " + rows
                    + " ids; the tokenizer belongs to another model");
        }
    }

    private static int largestId(JsonNode root) {
        int largest = -1;
        JsonNode vocabulary = root.path("model").path("vocab");
        if (vocabulary.isArray()) {
            largest = vocabulary.size() - 1;
        } else {
            for (JsonNode id : vocabulary) {
                largest = Math.max(largest, id.asInt());
            }
        }
        for (JsonNode token : root.path("added_tokens")) {
            largest = Math.max(largest, token.path("id").asInt());
        }
        return largest;
    }
}
