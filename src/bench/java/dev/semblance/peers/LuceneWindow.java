package dev.semblance.peers;

import dev.semblance.bench.WindowPeer;
import java.io.IOException;
import java.util.function.IntConsumer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.Version;

/**
 * Lucene's HNSW with its defaults, near real time, in memory, all on one thread: 64 neighbours a search, which finds as
 * many of the pairs as the window does. Thread: one.
 */
public final class LuceneWindow implements WindowPeer {

    private static final int NEIGHBOURS = 64;

    @Override
    public String name() {
        return "Lucene HNSW " + Version.LATEST;
    }

    @Override
    public Index open(int dimension) throws IOException {
        return new Live();
    }

    private static final class Live implements Index {
        private final IndexWriter writer;
        private DirectoryReader reader;

        Live() throws IOException {
            writer = new IndexWriter(new ByteBuffersDirectory(),
                    new IndexWriterConfig().setMergeScheduler(new SerialMergeScheduler()).setRAMBufferSizeMB(256));
            reader = DirectoryReader.open(writer);
        }

        @Override
        public void insert(int number, float[] vector) throws IOException {
            Document document = new Document();
            document.add(new StringField("id", Integer.toString(number), Field.Store.NO));
            document.add(new NumericDocValuesField("number", number));
            document.add(new KnnFloatVectorField("vector", vector, VectorSimilarityFunction.DOT_PRODUCT));
            writer.addDocument(document);
        }

        @Override
        public void remove(int number) throws IOException {
            writer.deleteDocuments(new Term("id", Integer.toString(number)));
        }

        @Override
        public void refresh() throws IOException {
            DirectoryReader newer = DirectoryReader.openIfChanged(reader, writer);
            if (newer != null) {
                reader.close();
                reader = newer;
            }
        }

        @Override
        public void search(float[] query, float minCosine, IntConsumer found) throws IOException {
            IndexSearcher searcher = new IndexSearcher(reader);
            for (ScoreDoc hit : searcher.search(new KnnFloatVectorQuery("vector", query, NEIGHBOURS),
                    NEIGHBOURS).scoreDocs) {
                if (2 * hit.score - 1 >= minCosine) {
                    LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(hit.doc, reader.leaves()));
                    NumericDocValues numbers = leaf.reader().getNumericDocValues("number");
                    numbers.advanceExact(hit.doc - leaf.docBase);
                    found.accept((int) numbers.longValue());
                }
            }
        }

        @Override
        public void close() throws IOException {
            reader.close();
            writer.close();
        }
    }
}
