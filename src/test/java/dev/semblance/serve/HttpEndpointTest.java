package dev.semblance.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.semblance.config.Config;
import dev.semblance.config.ConfigException;
import dev.semblance.metrics.Metrics;
import dev.semblance.metrics.SemblanceMeter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpEndpointTest {

    private static final Config.Http ANY_PORT = new Config.Http(true, "127.0.0.1", 0);

    private final Metrics metrics = Metrics.open(null);
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Health health = new Health(List.of());
    private final HttpEndpoint endpoint = HttpEndpoint.open(ANY_PORT, metrics, () -> health);

    @AfterEach
    void close() {
        endpoint.close();
        client.close();
        metrics.close();
    }

    private HttpResponse<String> request(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path))
                .method(method, BodyPublishers.noBody()).build();
        return client.send(request, BodyHandlers.ofString());
    }

    private JsonNode json(HttpResponse<String> response) throws IOException {
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json; charset=utf-8");
        assertThat(response.body()).endsWith("}\n");
        return new ObjectMapper().readTree(response.body());
    }

    @Test
    void metersAsPrometheusText() throws Exception {
        SemblanceMeter.EMBED_EVENTS.counter(metrics.registry()).increment(3);

        HttpResponse<String> response = request("GET", "/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body()).contains("\nsemblance_embed_events_total 3.0\n");
    }

    @ParameterizedTest
    @CsvSource({"CREATED,200,503", "REBALANCING,200,503", "RUNNING,200,200", "PENDING_SHUTDOWN,503,503",
            "NOT_RUNNING,503,503", "PENDING_ERROR,503,503", "ERROR,503,503"})
    void oneApplicationsStateDecides(String state, int live, int ready) throws Exception {
        health = new Health(List.of(AppHealth.of("embed", "RUNNING", Map.of()),
                AppHealth.of("detect", state, Map.of("restore.remaining", "12"))));

        HttpResponse<String> liveness = request("GET", "/live");
        HttpResponse<String> readiness = request("GET", "/ready");

        assertThat(liveness.statusCode()).isEqualTo(live);
        assertThat(readiness.statusCode()).isEqualTo(ready);
        assertThat(json(liveness).get("live").asBoolean()).isEqualTo(live == 200);
        JsonNode body = json(readiness);
        assertThat(body.get("ready").asBoolean()).isEqualTo(ready == 200);
        JsonNode detect = body.get("applications").get(1);
        assertThat(detect.get("name").asText()).isEqualTo("detect");
        assertThat(detect.get("state").asText()).isEqualTo(state);
        assertThat(detect.get("details").get("restore.remaining").asText()).isEqualTo("12");
    }

    @Test
    void beforeThereIsAnApplicationTheProcessIsLiveButNotReady() throws Exception {
        assertThat(request("GET", "/live").statusCode()).isEqualTo(200);
        assertThat(request("GET", "/ready").statusCode()).isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics/", "/metricsx", "/live/embed", "/..%2f..%2fetc%2fpasswd"})
    void otherPathsAreNotFound(String path) throws Exception {
        HttpResponse<String> response = request("GET", path);
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).get("error").asText()).isEqualTo("no such path; there are /metrics, /live, /ready");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void otherMethodsAreNotAllowed(String method) throws Exception {
        HttpResponse<String> response = request(method, "/metrics");
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
        assertThat(json(response).get("error").asText()).isEqualTo("method not allowed; use GET");
    }

    @Test
    void headAnswersWithoutABody() throws Exception {
        HttpResponse<String> response = request("HEAD", "/live");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValueAsLong("content-length").orElse(0)).isPositive();
    }

    @Test
    void aFailingSupplierIsAnAnswerNotAHangup() throws Exception {
        try (HttpEndpoint failing = HttpEndpoint.open(ANY_PORT, metrics, () -> {
            throw new IllegalStateException("broken");
        })) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + failing.port() + "/live"))
                    .build();
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).contains("/live cannot be answered");
        }
    }

    @Test
    void manyRequestsAtOnceAreAllAnswered() {
        health = new Health(List.of(AppHealth.of("embed", "RUNNING", Map.of())));
        URI uri = URI.create("http://127.0.0.1:" + endpoint.port() + "/ready");
        List<CompletableFuture<Integer>> answers = IntStream.range(0, 64)
                .mapToObj(i -> client.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                        .thenApply(HttpResponse::statusCode))
                .toList();
        assertThat(answers).allSatisfy(a -> assertThat(a.join()).isEqualTo(200));
    }

    @Test
    void anEndlessHeadIsCutOff() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", endpoint.port())) {
            OutputStream out = socket.getOutputStream();
            out.write("GET /live HTTP/1.1\r\nHost: x\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] header = ("X-Pad: " + "a".repeat(1000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            assertThatThrownBy(() -> {
                for (int i = 0; i < 100_000; i++) {
                    out.write(header);
                }
            }).isInstanceOf(IOException.class);
        }
    }

    @Test
    void junkDoesNotStopTheServer() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", endpoint.port())) {
            socket.getOutputStream().write("\u0000\u0001nonsense\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            in.readAllBytes();
        }
        assertThat(request("GET", "/live").statusCode()).isEqualTo(200);
    }

    @Test
    void aTakenPortNamesTheKeyAndWhatToDo() {
        Config.Http taken = new Config.Http(true, "127.0.0.1", endpoint.port());
        assertThatThrownBy(() -> HttpEndpoint.open(taken, metrics, () -> health)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("http.port=" + endpoint.port() + ": cannot listen on 127.0.0.1: ")
                .hasMessageContaining("http.enabled=false");
    }

    @Test
    void anAddressThatIsNotOursNamesTheKey() {
        assertThatThrownBy(() -> HttpEndpoint.open(new Config.Http(true, "no such host", 0), metrics, () -> health))
                .isInstanceOf(ConfigException.class).hasMessageStartingWith("http.host=no such host: no such address");
    }

    @Test
    void afterCloseNothingListens() {
        int port = endpoint.port();
        endpoint.close();
        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(IOException.class);
    }
}
