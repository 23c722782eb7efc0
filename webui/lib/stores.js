// stores - the system areas where certificates are kept, in the words of certlm.msc, in the order of its tree.
export const STORES = {
  personal: 'Personal',
  root: 'Trusted Root Certification Authorities',
  intermediate: 'Intermediate Certification Authorities',
  people: 'Trusted People',
  untrusted: 'Untrusted Certificates',
};
