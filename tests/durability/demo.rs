//! PostgreSQL clusters with the demo. It is filled once; each test gets a copy.
use std::{
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use crate::{cluster::Cluster, server::Server};

struct Template {
    /// Stopped, so that it can be copied.
    cluster: Cluster,
    /// Deletes the cluster's folder when this process ends, because statics are not dropped.
    _keeper: Child,
}

static TEMPLATE: OnceLock<Option<Template>> = OnceLock::new();

impl Template {
    fn new() -> Option<Self> {
        let mut cluster = Cluster::start(&[])?;
        let keeper = Command::new("sh")
            .args(["-c", r#"cat >/dev/null; rm -rf "$1""#, "keeper"])
            .arg(cluster.data())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        Server::start(folder.path(), &["demo"], &[("HOICHO_DATABASE__URL", &cluster.url("hoicho"))]).stop();
        cluster.stop();
        Some(Self { cluster, _keeper: keeper })
    }
}

/// A new cluster whose database `hoicho` has the demo; `None` if PostgreSQL is neither installed nor required.
pub fn cluster(settings: &[&str]) -> Option<Cluster> {
    TEMPLATE.get_or_init(Template::new).as_ref().map(|template| template.cluster.start_copy(settings))
}
