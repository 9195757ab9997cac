import { mount } from 'svelte';
import '../../web/ui/base.css';
import Control from './Control.svelte';

mount(Control, { target: document.getElementById('control')! });
