package dev.semblance.model.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;

/**
 * Content hash of all that shapes a vector: SHA-256 over the hashes of the ONNX file, of its external weights and of
 * the tokenizer, and the manifest's fields that change the outcome. Two models of one revision give the same vectors.
 *
 * @param onnx      SHA-256, hexadecimal
 * @param external  file name → SHA-256
 * @param tokenizer SHA-256
 */
record Revision(String onnx, SortedMap<String, String> external, String tokenizer) {

    String of(Manifest m, Manifest.Graph graph) {
        StringBuilder text = new StringBuilder("semblance model 1\n");
        text.append("onnx ").append(onnx).append('\n');
        for (Map.Entry<String, String> file : external.entrySet()) {
            text.append("external ").append(file.getKey()).append(' ').append(file.getValue()).append('\n');
        }
        text.append("tokenizer ").append(tokenizer).append('\n');
        text.append("pooling ").append(m.pooling().id()).append('\n');
        text.append("normalised ").append(m.normalised()).append('\n');
        text.append("max_tokens ").append(m.maxTokens()).append('\n');
        text.append("pad_token_id ").append(m.padTokenId()).append('\n');
        text.append("inputs ").append(graph.inputs().ids()).append(' ').append(graph.inputs().mask()).append(' ')
                .append(graph.inputs().types()).append('\n');
        text.append("output ").append(graph.output() == null ? "" : graph.output()).append('\n');
        if (!m.preprocessing().equals("none")) {
            text.append("preprocessing ").append(m.preprocessing()).append('\n');
        }
        return sha256(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    static String sha256(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.duplicate());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
