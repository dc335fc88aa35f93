import java.nio.file.Path;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

/** A Neo4j server for tests: HOME PORT; prints READY, stops when its standard input ends. */
public class Server {
    public static void main(String[] given) throws Exception {
        var service = new DatabaseManagementServiceBuilder(Path.of(given[0]).toAbsolutePath().normalize())
                .setConfig(BoltConnector.enabled, true)
                .setConfig(BoltConnector.listen_address, new SocketAddress("127.0.0.1", Integer.parseInt(given[1])))
                .setConfig(GraphDatabaseSettings.auth_enabled, true)
                .build();
        System.out.println("READY");
        while (System.in.read() >= 0) {}
        service.shutdown();
    }
}
