package dev.semblance.model.hub;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model on the hub.
 *
 * @param revision branch, tag or commit
 */
public record RepositoryName(String owner, String name, String revision) {

    /** The branch that is meant where none is named. */
    public static final String MAIN = "main";

    private static final String PART = "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?";
    private static final Pattern SHAPE = Pattern.compile("(" + PART + ")/(" + PART + ")(?:@(.+))?");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,254}");

    public RepositoryName {
        if (!owner.matches(PART) || !name.matches(PART) || dotted(owner) || dotted(name)) {
            throw new HubException(owner + "/" + name + ": is no name of a repository; expected OWNER/NAME of letters,"
                    + " digits and single . _ - inside");
        }
        if (!REVISION.matcher(revision).matches() || revision.contains("..") || revision.contains("//")) {
            throw new HubException(owner + "/" + name + ": revision '" + revision
                    + "' is none; expected a branch, a tag or a commit");
        }
    }

    /** As written by people: {@code owner/name} or {@code owner/name@revision}. */
    public static boolean looksLikeOne(String source) {
        return SHAPE.matcher(source).matches();
    }

    /** @throws HubException if it is not written {@code owner/name} or {@code owner/name@revision} */
    public static RepositoryName parse(String source) {
        Matcher m = SHAPE.matcher(source);
        if (!m.matches()) {
            throw new HubException("'" + source + "' is no repository; write OWNER/NAME or OWNER/NAME@REVISION");
        }
        return new RepositoryName(m.group(1), m.group(2), m.group(3) == null ? MAIN : m.group(3));
    }

    public RepositoryName at(String otherRevision) {
        return new RepositoryName(owner, name, otherRevision);
    }

    /** {@code owner/name}. */
    public String id() {
        return owner + "/" + name;
    }

    /** For a folder's name; the hub allows no {@code --} in names. */
    public String folderName() {
        return owner + "--" + name;
    }

    @Override
    public String toString() {
        return id() + "@" + revision;
    }

    /** The hub's rule, without which two repositories could share a folder. */
    private static boolean dotted(String part) {
        return part.contains("..") || part.contains("--");
    }
}
