package dev.semblance.model.hub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * GET requests. Redirects are followed here and not by the client, so that each address is looked at: http or https
 * only, never from https to http, and the token for the endpoint alone.
 *
 * <p>
 * Thread: one owner.
 */
final class HubHttp implements AutoCloseable {

    private static final int REDIRECTS = 5;

    private final HubSettings settings;
    private final HttpClient client;

    HubHttp(HubSettings settings) {
        this.settings = settings;
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(settings.patience().connect());
        ProxySelector proxy = ProxySelector.getDefault();
        this.client = (proxy == null ? builder : builder.proxy(proxy)).build();
    }

    /**
     * An answer that is no redirect; its body is to be closed.
     *
     * @param from the address that answered
     */
    record Answer(HttpResponse<InputStream> response, URI from, Patience patience) implements AutoCloseable {

        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        /** The body, or its first bytes where it is longer. */
        byte[] read(int maxBytes) throws IOException {
            StallWatch watch = StallWatch.on(response.body(), patience);
            try (watch) {
                ByteArrayOutputStream body = new ByteArrayOutputStream();
                byte[] piece = new byte[1 << 13];
                int n = 0;
                while (n >= 0 && body.size() < maxBytes) {
                    n = response.body().read(piece, 0, Math.min(piece.length, maxBytes - body.size()));
                    body.write(piece, 0, Math.max(0, n));
                    watch.received(Math.max(0, n));
                }
                if (watch.stalled()) {
                    throw new IOException("closed");
                }
                return body.toByteArray();
            } catch (IOException e) {
                throw watch.explained(e);
            }
        }

        @Override
        public void close() throws IOException {
            response.body().close();
        }
    }

    /** @param path below the endpoint, encoded, with its slash at the beginning */
    URI below(String path) {
        return URI.create(settings.endpoint() + path);
    }

    Answer get(URI address, Map<String, String> headers) throws IOException, InterruptedException {
        URI at = address;
        for (int i = 0; i <= REDIRECTS; i++) {
            HttpResponse<InputStream> response = client.send(request(at, headers),
                    HttpResponse.BodyHandlers.ofInputStream());
            String location = response.headers().firstValue("Location").orElse(null);
            if (response.statusCode() / 100 != 3 || response.statusCode() == 304 || location == null) {
                return new Answer(response, at, settings.patience());
            }
            response.body().close();
            at = redirected(at, location);
        }
        throw new HubException(address + ": more than " + REDIRECTS + " redirects in a row; check HF_ENDPOINT");
    }

    private HttpRequest request(URI at, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at).timeout(settings.patience().answer())
                .header("User-Agent", "semblance").header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        if (settings.token() != null && isEndpoint(at)) {
            request.header("Authorization", "Bearer " + settings.token());
        }
        return request.build();
    }

    /** The same scheme, host and port: all that a token may be shown to. */
    private boolean isEndpoint(URI at) {
        URI own = settings.endpoint();
        return own.getScheme().equalsIgnoreCase(at.getScheme()) && own.getHost().equalsIgnoreCase(at.getHost())
                && port(own) == port(at);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private static URI redirected(URI from, String location) {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new HubException(from + ": redirects to '" + location + "', which is no address", e);
        }
        String scheme = Objects.requireNonNullElse(to.getScheme(), "").toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || to.getHost() == null) {
            throw new HubException(
                    from + ": redirects to '" + location + "', which is neither http nor https; refused");
        }
        if (scheme.equals("http") && from.getScheme().equalsIgnoreCase("https")) {
            throw new HubException(from + ": redirects to '" + location + "', from https to http; refused");
        }
        return to;
    }

    @Override
    public void close() {
        // Not close(), which would wait for answers that nobody reads any more.
        client.shutdownNow();
    }
}
