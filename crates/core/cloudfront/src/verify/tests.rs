mod clients;
mod hostile;
mod laws;
