/**
 * What a session keeps on a card and does with it: masters of the parameters, copies of them to compute with, plans, the
 * update. Start at {@link io.vertebra.cuda.session.CudaBackend}; the session around it is graph's {@code PlannedSession}.
 */
package io.vertebra.cuda.session;
