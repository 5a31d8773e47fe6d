package dev.semblance.model.hub;

/**
 * A file of a repository at one commit, as the hub lists it.
 *
 * @param path      relative, {@code /} between its parts, checked: it stays inside
 * @param sizeBytes −1 where the hub does not say
 * @param sha256    of files kept in LFS, else null
 * @param gitSha1   git's blob hash of files kept in git itself, else null
 */
record RemoteFile(String path, long sizeBytes, String sha256, String gitSha1) {

    RemoteFile {
        requireInside(path);
        if (sha256 != null && !sha256.matches("[0-9a-f]{64}")) {
            throw new HubException(path + ": the hub lists the SHA-256 '" + sha256 + "', which is none; " + DISTRUST);
        }
        if (gitSha1 != null && !gitSha1.matches("[0-9a-f]{40}")) {
            throw new HubException(path + ": the hub lists the git hash '" + gitSha1 + "', which is none; " + DISTRUST);
        }
    }

    private static final String DISTRUST = "check HF_ENDPOINT";

    private static void requireInside(String path) {
        boolean bad = path.isEmpty() || path.length() > 1000 || path.indexOf('\\') >= 0
                || path.chars().anyMatch(Character::isISOControl);
        for (String part : path.split("/", -1)) {
            bad |= part.isEmpty() || part.equals(".") || part.equals("..");
        }
        if (bad) {
            throw new HubException("The hub lists a file '" + path.replaceAll("\\p{Cntrl}", "?")
                    + "', whose name leads out of its folder; nothing of this repository is used: " + DISTRUST);
        }
    }
}
