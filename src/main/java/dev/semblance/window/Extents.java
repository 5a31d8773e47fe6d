package dev.semblance.window;

/**
 * How a dense sequence is cut into extents that are allocated one by one: 8, 8, 16, 32, … up to {@code max} items, and
 * {@code max} from then on. So a small collection takes little, a large one grows in equal steps, nothing is ever copied
 * to grow, and the memory in use follows from the number of items alone.
 *
 * @param max a power of two, at least 8
 */
record Extents(int max) {

    static final int MIN = 8;

    Extents {
        if (max < MIN || Integer.bitCount(max) != 1) {
            throw new IllegalArgumentException("max=" + max + ": expected a power of two from " + MIN);
        }
    }

    /** Extents before the ones of full size have begun. */
    private int small() {
        return Integer.numberOfTrailingZeros(max) - 2;
    }

    /** The extent that an item lies in. */
    int of(int item) {
        if (item < MIN) {
            return 0;
        }
        return item < max
                ? 29 - Integer.numberOfLeadingZeros(item)
                : small() - 1 + (item >>> Integer.numberOfTrailingZeros(max));
    }

    /** The first item of an extent. */
    int start(int extent) {
        if (extent == 0) {
            return 0;
        }
        return extent < small() ? MIN << (extent - 1) : (extent - small() + 1) << Integer.numberOfTrailingZeros(max);
    }

    /** Items that an extent holds. */
    int capacity(int extent) {
        return extent == 0 ? MIN : Math.min(max, MIN << Math.min(extent - 1, 24));
    }

    /** Number of extents in use by that many items. */
    int count(int items) {
        return items == 0 ? 0 : of(items - 1) + 1;
    }
}
