import { mount } from 'svelte';
import '../../web/ui/base.css';
import Permission from './Permission.svelte';

mount(Permission, { target: document.getElementById('permission')! });
