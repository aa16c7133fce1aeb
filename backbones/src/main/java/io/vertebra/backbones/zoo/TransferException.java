package io.vertebra.backbones.zoo;

/** A try of a download that failed on the side of server or network. */
final class TransferException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean isFinal;

    private TransferException(String reason, boolean isFinal, Throwable cause) {
        super(reason, cause);
        this.isFinal = isFinal;
    }

    /** Another try may help. */
    static TransferException passing(String reason, Throwable cause) {
        return new TransferException(reason, false, cause);
    }

    /** Another try would end the same. */
    static TransferException lasting(String reason) {
        return new TransferException(reason, true, null);
    }

    /** Whether another try would end the same. */
    boolean isFinal() {
        return isFinal;
    }
}
