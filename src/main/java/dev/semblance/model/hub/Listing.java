package dev.semblance.model.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a repository holds at one commit. Kept in the cache in the hub's own form, reduced to what is used.
 *
 * @param commit 40 hexadecimal digits
 * @param files  by path
 */
record Listing(String commit, SortedMap<String, RemoteFile> files) {

    private static final ObjectMapper JSON = new ObjectMapper();

    Listing {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    /**
     * @param where named in errors
     * @param json  as of {@code GET /api/models/{repo}/revision/{revision}?blobs=true}
     */
    static Listing parse(String where, byte[] json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new HubException(where + ": answers with something else than JSON; check HF_ENDPOINT, and that no"
                    + " login page or proxy stands between", e);
        } catch (java.io.IOException e) {
            throw new IllegalStateException("reading bytes in memory does not fail otherwise", e);
        }
        String commit = root == null ? "" : root.path("sha").asText();
        if (!commit.matches("[0-9a-f]{40}")) {
            throw new HubException(where + ": sha is '" + commit + "', expected a commit of 40 hexadecimal digits;"
                    + " check HF_ENDPOINT");
        }
        JsonNode siblings = root.path("siblings");
        if (!siblings.isArray()) {
            throw new HubException(where + ": lists no files (siblings is missing); check HF_ENDPOINT");
        }
        SortedMap<String, RemoteFile> files = new TreeMap<>();
        for (JsonNode sibling : siblings) {
            RemoteFile file = file(sibling);
            files.put(file.path(), file);
        }
        return new Listing(commit, files);
    }

    private static RemoteFile file(JsonNode sibling) {
        JsonNode lfs = sibling.path("lfs");
        JsonNode size = lfs.path("size").isIntegralNumber() ? lfs.path("size") : sibling.path("size");
        String sha256 = lfs.path("sha256").isTextual() ? lfs.path("sha256").asText() : null;
        // Of a file in LFS, git knows the pointer only.
        String git = !lfs.isObject() && sibling.path("blobId").isTextual() ? sibling.path("blobId").asText() : null;
        return new RemoteFile(sibling.path("rfilename").asText(),
                size.isIntegralNumber() && size.canConvertToLong() && size.asLong() >= 0 ? size.asLong() : -1, sha256,
                git);
    }

    /** What {@link #parse} reads back. */
    byte[] toJson() {
        ObjectNode root = JSON.createObjectNode().put("sha", commit);
        ArrayNode siblings = root.putArray("siblings");
        for (RemoteFile file : files.values()) {
            ObjectNode sibling = siblings.addObject().put("rfilename", file.path());
            if (file.sha256() != null) {
                sibling.putObject("lfs").put("sha256", file.sha256()).put("size", file.sizeBytes());
            } else {
                if (file.sizeBytes() >= 0) {
                    sibling.put("size", file.sizeBytes());
                }
                if (file.gitSha1() != null) {
                    sibling.put("blobId", file.gitSha1());
                }
            }
        }
        return root.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /** @throws HubException if there is none */
    RemoteFile require(String path, String whoNamesIt) {
        RemoteFile file = files.get(path);
        if (file == null) {
            throw new HubException(whoNamesIt + ": names " + path + ", which the repository does not have at " + commit
                    + "; take another revision");
        }
        return file;
    }
}
