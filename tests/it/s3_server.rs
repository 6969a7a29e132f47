//! An S3 server inside the test process: real protocol, real signatures, files in a folder.

use std::net::SocketAddr;
use std::path::PathBuf;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// A bucket that can be spoken to until this is dropped.
pub struct S3Server {
    pub endpoint: String,
    pub access_key: String,
    pub secret_key: String,
    pub bucket: String,
    address: SocketAddr,
    service: S3Service,
    serving: Option<JoinHandle<()>>,
    dir: TempDir,
}

impl S3Server {
    /// Serves the folder on a free port, with one empty bucket in it.
    pub async fn start(dir: TempDir) -> Self {
        let (access_key, secret_key) = ("koffer-tests".to_owned(), "not-a-secret".to_owned());
        let bucket = "koffer".to_owned();
        std::fs::create_dir(dir.path().join(&bucket)).unwrap();

        let files = s3s_fs::FileSystem::new(dir.path()).unwrap();
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(&*access_key, &*secret_key));
        let service = service.build();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = Some(tokio::spawn(serve(listener, service.clone())));

        let endpoint = format!("http://{address}");
        Self { endpoint, access_key, secret_key, bucket, address, service, serving, dir }
    }

    /// What the koffer binary needs in its environment to keep its files here.
    pub fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("KOFFER_FILES", format!("s3://{}/files", self.bucket)),
            ("AWS_ENDPOINT_URL_S3", self.endpoint.clone()),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", self.access_key.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_key.clone()),
        ]
    }

    /// Where an object's bytes lie, to look at them or to damage them.
    pub fn path(&self, key: &str) -> PathBuf {
        self.dir.path().join(&self.bucket).join(key)
    }

    /// The names of all objects.
    pub fn keys(&self) -> Vec<String> {
        let (bucket, mut keys) = (self.path(""), Vec::new());
        let mut folders = vec![bucket.clone()];
        while let Some(folder) = folders.pop() {
            for found in std::fs::read_dir(folder).unwrap() {
                let path = found.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    keys.push(path.strip_prefix(&bucket).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        keys
    }

    /// How much is left of uploads in parts that nobody has completed or aborted.
    pub fn unfinished(&self) -> usize {
        let names = std::fs::read_dir(self.dir.path()).unwrap();
        let names = names.map(|found| found.unwrap().file_name());
        names.filter(|name| name.to_str().is_some_and(|name| name.starts_with(".upload"))).count()
    }

    /// Goes away: connections break, new ones are refused, the bytes stay.
    pub async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            // Only then is the port closed and every connection gone.
            let _ = serving.await;
        }
    }

    /// Comes back at the same address.
    pub async fn resume(&mut self) {
        self.stop().await;
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serving = Some(tokio::spawn(serve(listener, self.service.clone())));
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        if let Some(serving) = &self.serving {
            serving.abort();
        }
    }
}

/// Connections end with this task, because the set that they live in does.
async fn serve(listener: TcpListener, service: S3Service) {
    let mut connections = JoinSet::new();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let service = service.clone();
        connections.spawn(async move {
            let http = Builder::new(TokioExecutor::new());
            // A client may hang up whenever it likes.
            let _ = http.serve_connection(TokioIo::new(socket), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}
