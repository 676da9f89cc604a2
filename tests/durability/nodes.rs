//! Two nodes on one database.
use std::path::Path;

use crate::{
    caller::Caller,
    cluster::Cluster,
    server::{Server, login},
};

pub struct Nodes {
    pub one: Server,
    pub two: Server,
    /// Access token of the demo's organiser.
    pub token: String,
}

impl Nodes {
    /// Starts the demo; `write` and `read` are the URLs of the primary and the replica.
    pub fn start(write: &str, read: &str, folder: &Path) -> Self {
        let keys = folder.join("keys");
        let variables = [
            ("HOICHO_DATABASE__URL", write),
            ("HOICHO_DATABASE__REPLICA_URL", read),
            ("HOICHO_LIMITS__PER_MINUTE", "10000000"),
            ("HOICHO_TOKENS__KEYS", keys.to_str().unwrap()),
        ];
        let one = Server::start(&folder.join("one"), &["demo"], &variables);
        let two = Server::start(&folder.join("two"), &["serve", "--allow-demo-accounts"], &variables);
        let token = login(&one);
        Self { one, two, token }
    }

    /// One caller for each node.
    pub fn callers(&self) -> [Caller; 2] {
        [&self.one, &self.two].map(|node| Caller::new(node.address().url(), &self.token))
    }

    /// Whether both nodes respond.
    pub fn answer(&self) -> bool {
        self.callers().iter().all(|caller| caller.get_if_it_can("/me").is_some())
    }
}

/// A URL of all clusters that connects to one with these session attributes: `read-write`, `standby`, ….
pub fn whichever(clusters: &[&Cluster], is: &str) -> String {
    let hosts: Vec<_> = clusters.iter().map(|cluster| format!("127.0.0.1:{}", cluster.port)).collect();
    format!("postgres://hoicho@{}/hoicho?target_session_attrs={is}&connect_timeout=10", hosts.join(","))
}
