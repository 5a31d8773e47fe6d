package dev.semblance.model.bundle;

import dev.semblance.model.ModelException;
import dev.semblance.model.Pooling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.model.bundle.Manifest.Graph;
import dev.semblance.model.bundle.Manifest.Layout;
import dev.semblance.model.graph.GraphSpec;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/** Whether manifest, graph and tokenizer agree, as far as the files tell. The engine's warm-up finds the rest. */
final class ModelChecks {

    private static final String POSITIONS = "position_embeddings";
    private static final Set<String> PAD_TOKENS = Set.of("<pad>", "[PAD]");
    private static final Set<String> PACKED_INPUTS = Set.of(GraphSpec.IDS, GraphSpec.POSITIONS, GraphSpec.TOKEN_OFFSET,
            GraphSpec.CUMULATIVE_LENGTHS);
    private static final Set<String> PADDED_INPUTS = Set.of(GraphSpec.IDS, GraphSpec.MASK);

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
        Set<String> written = graph.layout() == Layout.PACKED ? PACKED_INPUTS : PADDED_INPUTS;
        if (graph.pools() && !header.inputs().equals(written)) {
            throw new ModelException(where + ": the variant " + graph.name() + " should take " + new TreeSet<>(written)
                    + ", but its graph takes " + new TreeSet<>(header.inputs()) + "; import the model again");
        }
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
        int positions = positions();
        if (positions >= 0 && manifest.maxTokens() > positions) {
            int rows = header.rowsOf(POSITIONS);
            throw new ModelException(name + manifest.maxTokens() + ": the model has " + positions + " positions"
                    + (rows == positions
                            ? ""
                            : " (its table has " + rows + " rows, but the graph counts from pad_token_id + 1 = "
                                    + (rows - positions) + ")")
                    + "; set at most that");
        }
    }

    /** Tokens of the longest text that the graph has positions for; −1 where it does not tell. */
    int positions() {
        int rows = header.rowsOf(POSITIONS);
        return rows < 0 || !countsFromPadding() ? rows : Math.max(0, rows - manifest.padTokenId() - 1);
    }

    /**
     * Whether the first token's position is pad id + 1, as in RoBERTa and its kin: their graphs number the tokens
     * themselves, by a running count of what is no padding. Graphs of our own have the unused rows cut off, and do not.
     */
    // transformers: create_position_ids_from_input_ids in modeling_roberta.py, modeling_mpnet.py.
    private boolean countsFromPadding() {
        return header.operators().contains("CumSum");
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
        int pad = padId(root);
        if (countsFromPadding() && pad >= 0 && pad != manifest.padTokenId()) {
            throw new ModelException(where + ": pad_token_id is " + manifest.padTokenId() + ", but " + file
                    + " pads with " + pad + ", and the graph counts positions from there; set pad_token_id to " + pad);
        }
    }

    private static int padId(JsonNode root) {
        if (root.path("padding").path("pad_id").isIntegralNumber()) {
            return root.path("padding").path("pad_id").asInt();
        }
        for (JsonNode token : root.path("added_tokens")) {
            if (PAD_TOKENS.contains(token.path("content").asText())) {
                return token.path("id").asInt(-1);
            }
        }
        return -1;
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
