package dev.semblance.detect;

import java.util.function.ObjLongConsumer;

/** Numbers by key, in a store that survives. Thread: its owner's. */
interface Numbers {

    /** 0 where there is none. */
    long get(String key);

    void put(String key, long number);

    void delete(String key);

    void forEach(ObjLongConsumer<String> sink);
}
