package dev.semblance.window;

/**
 * A window that belongs to who made it: closing gives its memory back and ends its threads. An open one that is forgotten
 * keeps both until the process ends.
 */
public interface OwnWindow extends VectorWindow, AutoCloseable {

    @Override
    void close();
}
