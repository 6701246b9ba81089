//! The PostgreSQL of these tests, as a target of the connector.

use wire::secret::SecretText;

use crate::connectors::Target;
use crate::egress::tests::open_here;

#[path = "../../../../tests/fixtures/postgres.rs"]
mod fixture;

pub(crate) use fixture::{CAREFUL, CERTAIN, Postgres, make_certificates};

/// The one server of this program.
pub(crate) fn server() -> &'static Postgres {
    Postgres::shared()
}

impl Postgres {
    /// Where a database of it is, in clear and as its superuser.
    pub(crate) fn target(&self, database: &str) -> Target {
        self.target_as("postgres", database, &[("host", "127.0.0.1"), ("tls", "off")])
    }

    /// Where a database of it is, with more answers to the form.
    pub(crate) fn target_as(&self, user: &str, database: &str, more: &[(&str, &str)]) -> Target {
        let port = self.port.to_string();
        let answers = [("port", port.as_str()), ("database", database), ("user", user)];
        let settings = answers.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Target {
            settings: settings.collect(),
            secrets: [("password".to_owned(), SecretText::new("secret".to_owned()))].into(),
            image: None,
            sqlite_dir: None,
            store_file: None,
            egress: open_here(),
            store_database: None,
            copy_database: None,
            at_once: 4,
        }
    }

    /// A client that may do everything.
    #[expect(clippy::disallowed_methods, reason = "a test's own connection")]
    pub(crate) async fn client(&self, database: &str) -> tokio_postgres::Client {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(self.port).user("postgres").dbname(database);
        let (client, connection) = config.connect(tokio_postgres::NoTls).await.expect("a connection");
        tokio::spawn(connection);
        client
    }
}
