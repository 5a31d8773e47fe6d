package dev.semblance.model.hub;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * Which hub, and how it is used.
 *
 * @param endpoint http or https, without a slash at the end
 * @param token    sent to the endpoint only, or null
 * @param cache    folder of all downloads
 * @param offline  nothing but the cache is used
 */
public record HubSettings(URI endpoint, String token, Path cache, boolean offline, Patience patience) {

    /** The public hub. */
    public static final URI PUBLIC = URI.create("https://huggingface.co");

    public HubSettings {
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(patience, "patience");
        if (token != null && !isToken(token)) {
            throw new HubException("HF_TOKEN: has blanks or characters that no token has; copy it again");
        }
    }

    /** Whether it could be one: a word of ASCII. */
    public static boolean isToken(String text) {
        return text.matches("[\\x21-\\x7e]+");
    }

    /** @throws HubException if it is no http or https address */
    public static URI endpoint(String address) {
        String trimmed = address.strip().replaceAll("/+$", "");
        try {
            URI uri = new URI(trimmed);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null && uri.getQuery() == null
                    && uri.getFragment() == null && uri.getUserInfo() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new HubException("HF_ENDPOINT=" + address + ": is no address; expected one like " + PUBLIC, e);
        }
        throw new HubException("HF_ENDPOINT=" + address + ": expected http or https and a host, without user, query or"
                + " fragment, like " + PUBLIC);
    }

    /** Not the token, which must not reach a log. */
    @Override
    public String toString() {
        return endpoint + (offline ? " (offline)" : "") + ", cache " + cache;
    }
}
