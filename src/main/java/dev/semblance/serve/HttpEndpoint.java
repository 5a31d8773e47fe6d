package dev.semblance.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigException;
import dev.semblance.metrics.Metrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP server: {@code /metrics} (Prometheus text), {@code /live} and {@code /ready} (200 or 503, JSON). Only
 * GET and HEAD; request bodies are never read. It keeps nothing between requests.
 *
 * <p>Thread: one accepting thread of its own and one virtual thread a request; {@code port} and {@code close} from any.
 */
public final class HttpEndpoint implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JSON_TYPE = "application/json; charset=utf-8";
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final int BACKLOG = 32;

    static {
        // The JDK's server takes its bounds from system properties only, and reads them once.
        bound("sun.net.httpserver.maxReqTime", "10"); // seconds for one request's head
        bound("sun.net.httpserver.maxRspTime", "30"); // seconds for one response
        bound("sun.net.httpserver.maxReqHeaderSize", "16384"); // bytes
        bound("jdk.httpserver.maxConnections", "128");
    }

    private static void bound(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final Map<String, Route> routes;

    /** Answers one path. */
    private interface Route {
        Answer answer() throws IOException;
    }

    private record Answer(int status, String contentType, String body) {}

    private HttpEndpoint(HttpServer server, Metrics metrics, Supplier<Health> health) {
        this.server = server;
        this.threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
        this.routes = new LinkedHashMap<>();
        routes.put("/metrics", () -> new Answer(200, METRICS_TYPE, metrics.scrape()));
        routes.put("/live", () -> health("live", health.get(), Health::live));
        routes.put("/ready", () -> health("ready", health.get(), Health::ready));
    }

    /**
     * Listens from now on.
     *
     * @param health  asked at each request, from many threads at once; quick
     * @throws ConfigException where the address cannot be listened on
     */
    public static HttpEndpoint open(Config.Http config, Metrics metrics, Supplier<Health> health) {
        HttpServer server;
        try {
            InetAddress address = InetAddress.getByName(config.host());
            server = HttpServer.create(new InetSocketAddress(address, config.port()), BACKLOG);
        } catch (UnknownHostException e) {
            throw new ConfigException("http.host=" + config.host() + ": no such address; 127.0.0.1 is this machine"
                    + " only, 0.0.0.0 every interface");
        } catch (IOException e) {
            throw new ConfigException("http.port=" + config.port() + ": cannot listen on " + config.host() + ": "
                    + e.getMessage() + "; stop what listens there, set another http.port (0 takes a free one) or"
                    + " http.enabled=false");
        }
        HttpEndpoint endpoint = new HttpEndpoint(server, metrics, health);
        server.createContext("/", endpoint::handle);
        server.setExecutor(endpoint.threads);
        server.start();
        return endpoint;
    }

    /** The port listened on; never 0. */
    public int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, answer(exchange));
        }
    }

    private Answer answer(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        Route route = path == null ? null : routes.get(path);
        if (route == null) {
            return error(404, "no such path; there are " + String.join(", ", routes.keySet()));
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return error(405, "method not allowed; use GET");
        }
        try {
            return route.answer();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} cannot be answered", path, e);
            return error(500, path + " cannot be answered: " + e);
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(answer.status(), -1);
        } else {
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static Answer health(String question, Health health, Predicate<Health> test)
            throws JsonProcessingException {
        boolean yes = test.test(health);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(question, yes);
        body.put("applications", health.applications());
        return json(yes ? 200 : 503, body);
    }

    private static Answer error(int status, String message) {
        try {
            return json(status, Map.of("error", message));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Answer json(int status, Object body) throws JsonProcessingException {
        return new Answer(status, JSON_TYPE, JSON.writeValueAsString(body) + "\n");
    }

    /** Stops listening at once; requests in progress are cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
