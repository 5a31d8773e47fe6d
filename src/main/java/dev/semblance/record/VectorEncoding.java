package dev.semblance.record;

/** How a vector's components are written to bytes, little-endian. */
public enum VectorEncoding {
    /** IEEE 754 single precision, 4 bytes each: lossless. */
    F32,
    /** IEEE 754 half precision, 2 bytes each: cosine errs by at most about 1.2e-4. */
    F16,
    /** Signed bytes times one scale per vector, 1 byte each: cosine errs by up to about 3e-3. */
    I8
}
