/** MD5s of a file's parts, SHA-256 of the whole. */
import { hashMethods } from '../upload/hash.ts';
import { serve } from './rpc.ts';

serve(hashMethods);
