package dev.semblance.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.text.HuggingFaceTokenizers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * The main class of a peer's process. A line of JSON in, a line of JSON out:
 * <ul>
 * <li>first <code>{"texts":[…],"batch":n}</code> (0: all at once) → <code>{"name":…}</code>
 * <li><code>{"command":"vectors"}</code> → <code>{"dimension":…,"vectors":base64 of little-endian floats}</code>
 * <li><code>{"command":"round"}</code> → <code>{"seconds":…}</code>
 * </ul>
 * Ends with its standard input. The only argument is the class of the peer.
 */
public final class PeerServer {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Peer peer;
    private final List<List<String>> batches;

    private PeerServer(Peer peer, List<List<String>> batches) {
        this.peer = peer;
        this.batches = batches;
    }

    public static void main(String[] args) throws Exception {
        // What libraries print must not get between the answers.
        PrintStream answers = System.out;
        System.setOut(System.err);
        // The tokenizer library is the peer's, too: it must not ask the network either.
        MethodHandles.lookup().ensureInitialized(HuggingFaceTokenizers.class);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        JsonNode first = JSON.readTree(requests.readLine());
        try (Peer peer = find(args[0])) {
            PeerServer server = new PeerServer(peer, batches(first));
            answer(answers, Map.of("name", peer.name()));
            for (String line; (line = requests.readLine()) != null;) {
                answer(answers, server.run(JSON.readTree(line).get("command").textValue()));
            }
        }
        System.exit(0);
    }

    private static Peer find(String type) {
        for (ServiceLoader.Provider<Peer> provider : ServiceLoader.load(Peer.class).stream().toList()) {
            if (provider.type().getName().equals(type)) {
                return provider.get();
            }
        }
        throw new BenchException("no peer " + type + " among the services on the class path");
    }

    private static List<List<String>> batches(JsonNode request) {
        List<String> texts = new ArrayList<>();
        request.get("texts").forEach(t -> texts.add(t.textValue()));
        int stated = request.get("batch").intValue();
        int size = stated == 0 ? texts.size() : stated;
        List<List<String>> batches = new ArrayList<>();
        for (int i = 0; i < texts.size(); i += size) {
            batches.add(List.copyOf(texts.subList(i, Math.min(texts.size(), i + size))));
        }
        return batches;
    }

    private Map<String, Object> run(String command) {
        return switch (command) {
            case "round" -> {
                long startNs = System.nanoTime();
                batches.forEach(peer::embed);
                yield Map.of("seconds", (System.nanoTime() - startNs) / 1e9);
            }
            case "vectors" -> {
                List<float[]> vectors = new ArrayList<>();
                batches.forEach(b -> vectors.addAll(List.of(peer.embed(b))));
                int dimension = vectors.getFirst().length;
                yield Map.of("dimension", dimension, "vectors", encode(vectors, dimension));
            }
            default -> throw new IllegalArgumentException("unknown command " + command);
        };
    }

    private static String encode(List<float[]> vectors, int dimension) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(vectors.size(), dimension * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float[] vector : vectors) {
            for (float component : vector) {
                bytes.putFloat(component);
            }
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static void answer(PrintStream out, Map<String, Object> answer) throws IOException {
        out.write((JSON.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
