package dev.semblance.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A model hub on loopback that serves one repository by the HTTP API of the Hugging Face hub, and can be told to fail.
 *
 * <p>Thread: any.
 */
public final class LoopbackHub implements AutoCloseable {

    public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final int LFS_BYTES = 2000;

    /** One answer in place of the right one. */
    @FunctionalInterface
    public interface Fault {
        void answer(HttpExchange exchange, byte[] content) throws IOException;
    }

    /** @param authorization as sent, or null */
    public record Request(String path, String authorization, String range, String ifRange) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final String repository;
    private final SortedMap<String, byte[]> files;
    private final Map<String, Deque<Fault>> faults = new HashMap<>();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private volatile Consumer<ObjectNode> listingEdit = listing -> {};

    /** @param repository {@code owner/name} */
    public LoopbackHub(String repository, SortedMap<String, byte[]> files) {
        this.repository = repository;
        this.files = new TreeMap<>(files);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The next requests for a path go wrong, one fault each; {@code path} is a file, or empty for the list of files. */
    public LoopbackHub next(String path, Fault... next) {
        synchronized (faults) {
            faults.computeIfAbsent(path, p -> new ArrayDeque<>()).addAll(Arrays.asList(next));
        }
        return this;
    }

    /** Every request for a path goes wrong. */
    public LoopbackHub always(String path, Fault fault) {
        return next(path, Collections.nCopies(100, fault).toArray(Fault[]::new));
    }

    public LoopbackHub editListing(Consumer<ObjectNode> edit) {
        listingEdit = edit;
        return this;
    }

    public List<Request> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    public List<Request> requestsFor(String file) {
        return requests().stream().filter(r -> r.path().endsWith(COMMIT + "/" + file)).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            requests.add(new Request(path, exchange.getRequestHeaders().getFirst("Authorization"),
                    exchange.getRequestHeaders().getFirst("Range"),
                    exchange.getRequestHeaders().getFirst("If-Range")));
            String api = "/api/models/" + repository + "/revision/";
            String resolve = "/" + repository + "/resolve/" + COMMIT + "/";
            if (path.startsWith(api)) {
                String revision = path.substring(api.length());
                if (revision.equals("main") || revision.equals(COMMIT)) {
                    answer(exchange, "", listing(), "application/json");
                } else {
                    status(404, "X-Error-Code", "RevisionNotFound").answer(exchange, new byte[0]);
                }
            } else if (path.startsWith(resolve) && files.containsKey(path.substring(resolve.length()))) {
                String file = path.substring(resolve.length());
                answer(exchange, file, files.get(file), "application/octet-stream");
            } else {
                status(404, "X-Error-Code", "RepoNotFound").answer(exchange, new byte[0]);
            }
        } catch (IOException e) {
            // The client has gone, as some faults provoke.
        }
    }

    private void answer(HttpExchange exchange, String path, byte[] content, String type) throws IOException {
        Fault fault;
        synchronized (faults) {
            Deque<Fault> waiting = faults.get(path);
            fault = waiting == null ? null : waiting.poll();
        }
        exchange.getResponseHeaders().set("Content-Type", type);
        if (fault == null) {
            rightly(exchange, content);
        } else {
            fault.answer(exchange, content);
        }
    }

    /** As a good server does, parts included. */
    private static void rightly(HttpExchange exchange, byte[] content) throws IOException {
        String tag = '"' + hash("SHA-256", content) + '"';
        exchange.getResponseHeaders().set("ETag", tag);
        String range = exchange.getRequestHeaders().getFirst("Range");
        String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
        if (range == null || (ifRange != null && !ifRange.equals(tag))) {
            send(exchange, 200, content, 0, content.length);
            return;
        }
        int start = Integer.parseInt(range.substring("bytes=".length(), range.indexOf('-')));
        if (start >= content.length) {
            send(exchange, 416, new byte[0], 0, 0);
            return;
        }
        exchange.getResponseHeaders().set("Content-Range",
                "bytes " + start + "-" + (content.length - 1) + "/" + content.length);
        send(exchange, 206, content, start, content.length - start);
    }

    private static void send(HttpExchange exchange, int status, byte[] content, int offset, int length)
            throws IOException {
        exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
        if (length > 0) {
            exchange.getResponseBody().write(content, offset, length);
        }
    }

    private byte[] listing() throws IOException {
        ObjectNode root = new ObjectMapper().createObjectNode().put("id", repository).put("sha", COMMIT);
        var siblings = root.putArray("siblings");
        files.forEach((name, content) -> {
            ObjectNode file = siblings.addObject().put("rfilename", name).put("size", content.length);
            file.put("blobId", hash("SHA-1", ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII),
                    content));
            if (content.length > LFS_BYTES) {
                file.putObject("lfs").put("sha256", hash("SHA-256", content)).put("size", content.length)
                        .put("pointerSize", 134);
            }
        });
        listingEdit.accept(root);
        return new ObjectMapper().writeValueAsBytes(root);
    }

    private static String hash(String algorithm, byte[]... pieces) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] piece : pieces) {
                digest.update(piece);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param headers name, value, … */
    public static Fault status(int status, String... headers) {
        return (exchange, content) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            send(exchange, status, new byte[0], 0, 0);
        };
    }

    /** Announces all, sends some, and hangs up. */
    public static Fault dropAfter(int bytes) {
        return (exchange, content) -> {
            exchange.getResponseHeaders().set("ETag", '"' + hash("SHA-256", content) + '"');
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, bytes);
            exchange.getResponseBody().flush();
        };
    }

    /** The right part, whatever was asked for, as a whole of its own. */
    public static Fault cutTo(int bytes) {
        return (exchange, content) -> send(exchange, 200, content, 0, bytes);
    }

    public static Fault ignoringRange() {
        return (exchange, content) -> send(exchange, 200, content, 0, content.length);
    }

    /** Another part than was asked for. */
    public static Fault wrongPart() {
        return (exchange, content) -> {
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes 0-" + (content.length - 1) + "/" + content.length);
            send(exchange, 206, content, 0, content.length);
        };
    }

    /** The right length, one bit wrong. */
    public static Fault corrupt() {
        return (exchange, content) -> {
            byte[] other = content.clone();
            other[other.length / 2] ^= 1;
            send(exchange, 200, other, 0, other.length);
        };
    }

    public static Fault webPage() {
        return (exchange, content) -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            byte[] page = "<!DOCTYPE html><html>Please log in</html>".getBytes(StandardCharsets.UTF_8);
            send(exchange, 200, page, 0, page.length);
        };
    }

    public static Fault redirect(String location) {
        return status(302, "Location", location);
    }

    /** Without an announced length, and without an end. */
    public static Fault endless() {
        return (exchange, content) -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            byte[] piece = new byte[1 << 16];
            while (true) {
                out.write(piece);
            }
        };
    }

    /** All is announced, one byte comes now and then. */
    public static Fault drip(long pauseMs) {
        return (exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            OutputStream out = exchange.getResponseBody();
            for (byte b : content) {
                out.write(b);
                out.flush();
                try {
                    Thread.sleep(pauseMs);
                } catch (InterruptedException e) {
                    return;
                }
            }
        };
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
