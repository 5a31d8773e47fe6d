package dev.semblance.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A peer in a child process, idle between its rounds. Ends with this process, whose end closes its standard input.
 *
 * <p>Thread: one.
 */
final class PeerProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long END_WAIT_S = 10;

    private final String peer;
    private final int texts;
    private final Stop stop;
    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;
    private final String name;

    /**
     * @param peer      class of the peer
     * @param classPath of the peer and its libraries; ours is put behind it
     * @param batch     texts that the peer gets at once; 0 for all
     */
    PeerProcess(String peer, String classPath, List<String> texts, int batch, Stop stop) {
        this.peer = peer;
        this.texts = texts.size();
        this.stop = stop;
        try {
            ProcessBuilder builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx2g", "-cp",
                    classPath + File.pathSeparator + System.getProperty("java.class.path"), PeerServer.class.getName(),
                    peer).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
            process = builder.start();
        } catch (IOException e) {
            throw new BenchException("the process of " + peer + " cannot be started: " + e.getMessage(), e);
        }
        stop.onRequest(process::destroy);
        requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        try {
            name = ask(Map.of("texts", texts, "batch", batch)).get("name").textValue();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    String name() {
        return name;
    }

    double textsPerSecond() {
        return texts / ask(Map.of("command", "round")).get("seconds").doubleValue();
    }

    /** [texts][dimension] */
    float[][] vectors() {
        JsonNode answer = ask(Map.of("command", "vectors"));
        int dimension = answer.get("dimension").intValue();
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(answer.get("vectors").textValue()))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[][] vectors = new float[texts][dimension];
        for (float[] vector : vectors) {
            bytes.asFloatBuffer().get(vector);
            bytes.position(bytes.position() + dimension * Float.BYTES);
        }
        return vectors;
    }

    private JsonNode ask(Map<String, Object> request) {
        try {
            requests.write(JSON.writeValueAsString(request));
            requests.write('\n');
            requests.flush();
            String line = answers.readLine();
            if (line != null) {
                return JSON.readTree(line);
            }
        } catch (IOException e) {
            stop.check();
            throw new BenchException("the process of " + peer + " does not answer: " + e.getMessage(), e);
        }
        stop.check();
        throw new BenchException("the process of " + peer + " has ended; what it said is above");
    }

    @Override
    public void close() {
        try {
            requests.close();
        } catch (IOException e) {
            // It has ended already.
        }
        try {
            if (!process.waitFor(END_WAIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
