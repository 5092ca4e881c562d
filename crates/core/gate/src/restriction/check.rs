//! What can be held against a request before anything is looked up or moved.
//!
//! INVARIANT: the answer is a pure function of the restrictions, the operation, the client and the
//! moment, and one more restriction never turns a no into a yes.

use std::net::IpAddr;

use countersign_s3::Operation;
use countersign_sigv4::AmzDate;

use super::{Country, RestrictionError, RestrictionNotMet, Restrictions, network};

impl Restrictions {
    /// Refuses restrictions that the operation cannot be held to.
    ///
    /// # Errors
    /// [`RestrictionError::Unfit`] with the first of them.
    pub fn check_fit(&self, operation: Operation) -> Result<(), RestrictionError> {
        match self.present.iter().find(|name| !name.fits(operation)) {
            Some(name) => Err(RestrictionError::Unfit { name, operation }),
            None => Ok(()),
        }
    }

    /// Holds the moment and the client against them. The first second counts, and there is no
    /// tolerance before it: a signer who wants some writes an earlier one (threat B5).
    ///
    /// # Errors
    /// [`RestrictionNotMet`] with the first that is not met.
    pub fn check_client(
        &self,
        client: IpAddr,
        country: Country,
        now: AmzDate,
    ) -> Result<(), RestrictionNotMet> {
        if let Some(not_before) = self.not_before
            && now < not_before
        {
            return Err(RestrictionNotMet::NotBefore { not_before, now });
        }
        if let Some(networks) = &self.networks
            && !network::contain(networks, client)
        {
            return Err(RestrictionNotMet::Ip {
                networks: networks.clone(),
                client: client.to_canonical(),
            });
        }
        // Who is nowhere known is nowhere allowed (threat G3).
        if let Some(countries) = &self.countries
            && country.code().is_none_or(|code| !countries.contains(&code))
        {
            return Err(RestrictionNotMet::Country {
                countries: countries.clone(),
                country,
            });
        }
        Ok(())
    }
}
