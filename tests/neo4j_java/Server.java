import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

/** A Neo4j server for tests: HOME PORT [read-only]; prints READY, stops when its standard input ends. */
public class Server {
    public static void main(String[] given) throws Exception {
        var builder = new DatabaseManagementServiceBuilder(Path.of(given[0]).toAbsolutePath().normalize())
                .setConfig(BoltConnector.enabled, true)
                .setConfig(BoltConnector.listen_address, new SocketAddress("127.0.0.1", Integer.parseInt(given[1])))
                // A client gives a silent server up after two of these.
                .setConfig(BoltConnector.connection_keep_alive, Duration.ofSeconds(4))
                .setConfig(GraphDatabaseSettings.auth_enabled, true);
        if (List.of(given).contains("read-only")) {
            builder.setConfig(GraphDatabaseSettings.read_only_databases, Set.of("neo4j"));
        }
        var service = builder.build();
        System.out.println("READY");
        while (System.in.read() >= 0) {}
        service.shutdown();
    }
}
