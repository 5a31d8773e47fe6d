package dev.semblance.model.bundle;

import dev.semblance.model.bundle.Manifest.Graph;
import java.nio.ByteBuffer;
import java.util.SortedMap;

/** Where a model's parts come from. Thread: safe. */
interface ModelFiles {

    /** Names the manifest in messages. */
    String where();

    /** Names the tokenizer in messages. */
    String tokenizerName();

    Manifest manifest();

    byte[] tokenizer();

    /** Reads of a graph what can be known without its weights. */
    OnnxHeader header(Graph graph);

    /** Reads a graph whole, to know and to hash it. */
    Contents contents(Graph graph);

    /**
     * @param sha256   of the ONNX file
     * @param external file name → SHA-256 of weights beside it
     */
    record Contents(OnnxSource onnx, OnnxHeader header, String sha256, SortedMap<String, String> external) {

        Revision revision(byte[] tokenizerJson) {
            return new Revision(sha256, external, Revision.sha256(ByteBuffer.wrap(tokenizerJson)));
        }
    }
}
