//! The door to multipart uploads.

use std::fs::File;

use countersign_gate::Authorized;
use countersign_s3::Operation;

use super::LocalStore;
use super::shared::in_the_pool;
use crate::beginning::Beginning;
use crate::multipart::{AbortUpload, CompleteUpload, CreateUpload};
use crate::place::{Place, Target, permitted_bucket};
use crate::{
    CompleteError, CompletedUpload, Completion, NewUpload, PartPage, PartUpload, StoreError,
    UploadError, UploadId, UploadInfo, UploadListRequest, UploadPage, UploadedPart, list,
    multipart,
};

/// The operations on an upload in progress.
const ON_UPLOADS: &[Operation] = &[
    Operation::AbortMultipartUpload,
    Operation::CompleteMultipartUpload,
    Operation::ListParts,
    Operation::UploadPart,
    Operation::UploadPartCopy,
];

impl LocalStore {
    /// Begins a multipart upload at the permitted key.
    ///
    /// # Errors
    /// [`UploadError`] if the bucket is gone, the permit is not for that, or the store fails.
    pub async fn create_upload(
        &self,
        permit: &Authorized,
        new: NewUpload,
    ) -> Result<UploadId, UploadError> {
        let place = Place::permitted(permit, &[Operation::CreateMultipartUpload])?;
        let change = CreateUpload {
            place: place.to_owned(),
            id: UploadId::new(self.shared.ids.object())?,
            new,
        };
        self.shared.writer.perform(change).await
    }

    /// Finds an upload in progress at the permitted key.
    ///
    /// # Errors
    /// [`UploadError`] if there is none of that id, the permit is for something else, or the store
    /// fails.
    pub async fn find_upload(
        &self,
        permit: &Authorized,
        id: &UploadId,
    ) -> Result<UploadInfo, UploadError> {
        let place = Place::permitted(permit, ON_UPLOADS)?.to_owned();
        self.shared.find_upload(place, id.clone()).await
    }

    /// Finds what an upload at the permitted key became, if it was completed in the last day.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is for something else, or the store fails.
    pub async fn find_completed(
        &self,
        permit: &Authorized,
        id: &UploadId,
    ) -> Result<Option<CompletedUpload>, StoreError> {
        let place = Place::permitted(permit, &[Operation::CompleteMultipartUpload])?.to_owned();
        let id = id.clone();
        self.shared
            .ask(move |connection| multipart::completed(connection, place.borrow(), &id))
            .await
    }

    /// Begins to store a part of an upload at the permitted key. Whether the upload is in progress is
    /// looked at when the part is committed.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for uploading a part, or no file can be made for it.
    pub fn begin_part(
        &self,
        permit: &Authorized,
        id: &UploadId,
        number: u16,
    ) -> Result<PartUpload, StoreError> {
        let operations = [Operation::UploadPart, Operation::UploadPartCopy];
        let place = Place::permitted(permit, &operations)?.to_owned();
        PartUpload::begin(&self.shared, place, id.clone(), number)
    }

    /// Lists up to `max` parts of an upload at the permitted key, with numbers above `after`.
    ///
    /// # Errors
    /// [`UploadError`] if there is no such upload, the permit is for something else, or the store
    /// fails.
    pub async fn list_parts(
        &self,
        permit: &Authorized,
        id: &UploadId,
        after: Option<u16>,
        max: usize,
    ) -> Result<PartPage, UploadError> {
        let operations = [Operation::CompleteMultipartUpload, Operation::ListParts];
        let place = Place::permitted(permit, &operations)?.to_owned();
        self.shared.list_parts(place, id.clone(), after, max).await
    }

    /// Reads the first bytes of a part of an upload at the permitted key, which may be completed; at most
    /// [`BEGINNING_BYTES`](countersign_s3::BEGINNING_BYTES).
    ///
    /// # Errors
    /// [`StoreError`] if the permit is for something else, or its file cannot be read.
    pub async fn beginning_of_part(
        &self,
        permit: &Authorized,
        part: &UploadedPart,
    ) -> Result<Vec<u8>, StoreError> {
        Place::permitted(permit, &[Operation::CompleteMultipartUpload])?;
        let file = part.file.0;
        in_the_pool(&self.shared, move |shared| {
            let path = shared.layout.object(file);
            let opened = File::open(&path).and_then(|file| Beginning::read(&file));
            let beginning = opened.map_err(|error| StoreError::file("read", &path, &error))?;
            Ok(beginning.bytes().to_vec())
        })
        .await
    }

    /// Makes the object from an upload's parts. Once this returns, it is as durable as the store was
    /// opened for, and every reader that begins afterwards sees it. Who asks again for the same gets
    /// the same answer.
    ///
    /// # Errors
    /// [`CompleteError`] if a part is not what was looked at, the condition does not hold, upload or
    /// bucket is gone, the permit is for something else, or the store fails.
    pub async fn complete_upload(
        &self,
        permit: &Authorized,
        id: &UploadId,
        completion: Completion,
    ) -> Result<CompletedUpload, CompleteError> {
        let target = Target::permitted(permit, &[Operation::CompleteMultipartUpload])?;
        let change = CompleteUpload {
            target,
            id: id.clone(),
            completion,
        };
        self.shared.writer.perform(change).await
    }

    /// Gives an upload at the permitted key up, with all its parts.
    ///
    /// # Errors
    /// [`UploadError`] if there is no such upload, the permit is for something else, or the store
    /// fails.
    pub async fn abort_upload(
        &self,
        permit: &Authorized,
        id: &UploadId,
    ) -> Result<(), UploadError> {
        let place = Place::permitted(permit, &[Operation::AbortMultipartUpload])?.to_owned();
        let id = id.clone();
        self.shared.writer.perform(AbortUpload { place, id }).await
    }

    /// Lists one page of the multipart uploads that are in progress in the permitted bucket.
    ///
    /// # Errors
    /// [`StoreError`] if the permit is not for listing uploads, or the store fails.
    pub async fn list_uploads(
        &self,
        permit: &Authorized,
        request: &UploadListRequest,
    ) -> Result<UploadPage, StoreError> {
        let bucket = permitted_bucket(permit, &[Operation::ListMultipartUploads])?;
        let request = request.clone();
        self.shared
            .ask(move |connection| list::list_uploads(connection, bucket, &request))
            .await
    }
}
