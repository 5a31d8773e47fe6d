package dev.semblance.peers;

import dev.semblance.bench.WindowPeer;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;

/**
 * JVector's graph while it is being built, with the parameters of its own examples: 64 neighbours a search. Nodes that
 * are marked as deleted are taken out of the graph as soon as there is one for each eight live ones, in a pool whose CPU
 * is not counted. Left in until they outnumber the live ones, they cut these off from the entry of the graph: new nodes
 * get live neighbours only, and searches then find nothing. Thread: one.
 */
public final class JVectorWindow implements WindowPeer {

    private static final int NEIGHBOURS = 64;
    private static final int DEGREE = 16;
    private static final int BEAM = 100;
    private static final int LIVE_A_DELETED = 8;

    @Override
    public String name() {
        return "JVector " + GraphSearcher.class.getProtectionDomain().getCodeSource().getLocation().getPath()
                .replaceFirst(".*jvector-", "").replaceFirst("\\.jar$", "");
    }

    @Override
    public Index open(int dimension) {
        return new Live(dimension);
    }

    private static final class Live implements Index {
        private static final VectorTypeSupport TYPES = VectorizationProvider.getInstance().getVectorTypeSupport();

        private final List<VectorFloat<?>> all = new ArrayList<>();
        private final RandomAccessVectorValues values;
        private final ForkJoinPool pool = new ForkJoinPool(1);
        private final GraphIndexBuilder builder;
        private GraphSearcher searcher;
        private int live;
        /** Marked, but still in the graph. */
        private int deleted;

        Live(int dimension) {
            values = new RandomAccessVectorValues() {
                @Override
                public int size() {
                    return all.size();
                }

                @Override
                public int dimension() {
                    return dimension;
                }

                @Override
                public VectorFloat<?> getVector(int node) {
                    return all.get(node);
                }

                @Override
                public boolean isValueShared() {
                    return false;
                }

                @Override
                public RandomAccessVectorValues copy() {
                    return this;
                }
            };
            builder = new GraphIndexBuilder(BuildScoreProvider.randomAccessScoreProvider(values,
                    VectorSimilarityFunction.DOT_PRODUCT), dimension, DEGREE, BEAM, 1.2f, 1.2f, true, true, pool, pool);
        }

        @Override
        public void insert(int number, float[] vector) {
            VectorFloat<?> v = TYPES.createFloatVector(vector);
            all.add(v);
            builder.addGraphNode(number, v);
            live++;
        }

        @Override
        public void remove(int number) {
            builder.markNodeDeleted(number);
            live--;
            if (++deleted * LIVE_A_DELETED >= live) {
                builder.removeDeletedNodes();
                deleted = 0;
            }
        }

        @Override
        public void refresh() throws IOException {
            if (searcher != null) {
                searcher.close();
            }
            searcher = new GraphSearcher(builder.getGraph());
        }

        @Override
        public void search(float[] query, float minCosine, IntConsumer found) {
            SearchResult result = searcher.search(DefaultSearchScoreProvider.exact(TYPES.createFloatVector(query),
                    VectorSimilarityFunction.DOT_PRODUCT, values), NEIGHBOURS, Bits.ALL);
            for (SearchResult.NodeScore hit : result.getNodes()) {
                if (2 * hit.score - 1 >= minCosine) {
                    found.accept(hit.node);
                }
            }
        }

        @Override
        public void close() throws IOException {
            if (searcher != null) {
                searcher.close();
            }
            builder.close();
            pool.shutdown();
        }
    }
}
