use super::{UploadListRequest, UploadPage, list_uploads};
use crate::multipart::UploadId;
use crate::multipart::tests::create;
use crate::store::Shared;
use crate::store::tests::{BUCKET, open, wait};

fn page(store: &Shared, request: &UploadListRequest) -> UploadPage {
    let page = store.index.read(|c| list_uploads(c, BUCKET, request));
    page.unwrap()
}

fn all(store: &Shared, request: &UploadListRequest) -> (Vec<(String, UploadId)>, Vec<String>) {
    let mut request = request.clone();
    let (mut uploads, mut prefixes) = (Vec::new(), Vec::new());
    loop {
        let mut page = page(store, &request);
        assert!(page.uploads.len() + page.common_prefixes.len() <= request.max);
        let told = page.uploads.into_iter();
        uploads.extend(told.map(|upload| (upload.key.as_str().to_owned(), upload.id)));
        prefixes.append(&mut page.common_prefixes);
        let Some(next) = page.next else {
            return (uploads, prefixes);
        };
        request.key_marker = Some(next.key);
        request.upload_id_marker = next.upload_id;
    }
}

#[test]
fn uploads_come_by_key_and_in_the_order_they_began_in_pages_of_any_size() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    let mut expected = Vec::new();
    for key in ["b", "a/2", "a/1", "b", "a/1", "c", "a/1"] {
        expected.push((key.to_owned(), wait(create(&store, key))));
    }
    expected.sort();
    for max in 1..9 {
        let request = UploadListRequest {
            max,
            ..UploadListRequest::default()
        };
        assert_eq!(all(&store, &request), (expected.clone(), vec![]));
        let rolled = UploadListRequest {
            delimiter: Some("/".to_owned()),
            ..request.clone()
        };
        let (uploads, prefixes) = all(&store, &rolled);
        assert_eq!(
            (&uploads[..], prefixes),
            (&expected[4..], vec!["a/".to_owned()])
        );
        let within = UploadListRequest {
            prefix: "a/1".to_owned(),
            ..request
        };
        assert_eq!(all(&store, &within).0, expected[..3]);
    }
    let nothing = page(&store, &UploadListRequest::default());
    assert_eq!(nothing, UploadPage::default());
    let told = page(
        &store,
        &UploadListRequest {
            max: 1,
            ..UploadListRequest::default()
        },
    );
    assert_eq!(told.uploads[0].initiator, "somebody");
    assert_eq!(
        told.uploads[0].attributes.content_type.as_deref(),
        Some("a/b")
    );
}
